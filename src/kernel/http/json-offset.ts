const space = /[ \t\n\r]*/y;
const string = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y; // oxlint-disable-line no-control-regex -- they are what may not be there
/** As much of a string as may be there. */
const sound = /(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*/y; // oxlint-disable-line no-control-regex -- as above
const scalar = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y;

/** Thrown at the first character that cannot stand where it does. */
class Stopped {
  constructor(readonly offset: number) {}
}

/**
 * Where a text that is no JSON stops being it, as Python's reader says: at the beginning of a number that is none, at what a string
 * may not hold, at the end where more should come.
 */
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
  if (required) throw new Stopped(token === string ? stopIn(text, start) : start);
  return start;
}

/** Of a string that is none: at what may not be in it, or where it begins if it does not end. */
function stopIn(text: string, start: number): number {
  if (text[start] !== '"') return start;
  sound.lastIndex = start + 1;
  sound.test(text);
  const at = sound.lastIndex;
  const isCut = at >= text.length || (text[at] === '\\' && at === text.length - 1);
  return isCut ? start : at + Number(text.startsWith('\\u', at));
}
