const space = /[ \t\n\r]*/y;
const string = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y; // oxlint-disable-line no-control-regex -- they are what may not be there
const scalar = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/** Thrown at the first character that cannot stand where it does. */
class Stopped {
  constructor(readonly offset: number) {}
}

/** Where a text that is no JSON stops being it: at the beginning of a string or number that is none, at its end where more should come. */
export function jsonOffset(text: string): number {
  try {
    return past(space, text, valueEnd(text, past(space, text, 0)));
  } catch (stopped) {
    if (stopped instanceof Stopped) return stopped.offset;
    throw stopped;
  }
}

/** Recursive, since the depth was looked at before. */
function valueEnd(text: string, start: number): number {
  if (text[start] === '{') return listEnd(text, start + 1, '}', memberEnd);
  if (text[start] === '[') return listEnd(text, start + 1, ']', valueEnd);
  return past(text[start] === '"' ? string : scalar, text, start, true);
}

function memberEnd(text: string, start: number): number {
  const colon = past(space, text, past(string, text, start, true));
  if (text[colon] !== ':') throw new Stopped(colon);
  return valueEnd(text, past(space, text, colon + 1));
}

function listEnd(text: string, start: number, close: string, itemEnd: (text: string, start: number) => number): number {
  let at = past(space, text, start);
  if (text[at] === close) return at + 1;
  for (;;) {
    at = past(space, text, itemEnd(text, at));
    if (text[at] === close) return at + 1;
    if (text[at] !== ',') throw new Stopped(at);
    at = past(space, text, at + 1);
  }
}

function past(token: RegExp, text: string, start: number, required = false): number {
  token.lastIndex = start;
  if (token.test(text)) return token.lastIndex;
  if (required) throw new Stopped(start);
  return start;
}
