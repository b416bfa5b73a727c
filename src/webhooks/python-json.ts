/**
 * A JSON text as Python prints it again: `json.dumps(json.loads(text), separators=(',', ':'))`. The gateway's published signature is
 * over that text, in which numbers keep what JavaScript would lose (`100.0`, integers of any length), so it is made from the tokens.
 * @throws SyntaxError where the text is no JSON
 */
export function pythonJson(text: string): string {
  const tokens = new Tokens(text);
  const printed = printValue(tokens);
  if (tokens.next() !== undefined) throw new SyntaxError('There is more than one value');
  return printed;
}

// oxlint-disable-next-line eslint/no-control-regex -- JSON refuses them in strings
const string = /"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})[^"\\\u0000-\u001f]*)*"/;
const number = /-?(?:0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?/;
const token = new RegExp(String.raw`[ \t\n\r]*(?:([{}[\]:,])|(${string.source})|(${number.source})|(true|false|null))`, 'y');
const blank = /[ \t\n\r]*$/y;

class Tokens {
  private at = 0;

  constructor(private readonly text: string) {}

  /** The next token as Python prints it, undefined at the end. */
  next(): string | undefined {
    token.lastIndex = this.at;
    const match = token.exec(this.text);
    if (!match) {
      blank.lastIndex = this.at;
      if (!blank.test(this.text)) throw new SyntaxError(`No JSON at ${this.at}`);
      return undefined;
    }
    this.at = token.lastIndex;
    const [, mark, text, numeral, fraction, exponent, word] = match;
    if (text !== undefined) return printString(JSON.parse(text) as string);
    if (numeral === undefined) return mark ?? word;
    return fraction === undefined && exponent === undefined ? printInteger(numeral) : printFloat(Number(numeral));
  }
}

function printValue(tokens: Tokens, first = tokens.next()): string {
  if (first === '{') return printObject(tokens);
  if (first === '[') return printArray(tokens);
  if (first === undefined || /^[}\]:,]$/.test(first)) throw new SyntaxError('A value is missing');
  return first;
}

/** Of a name given twice the last value counts, in the place of the first. */
function printObject(tokens: Tokens): string {
  const members = new Map<string, string>();
  for (let name = tokens.next(); name !== '}' || members.size > 0; name = tokens.next()) {
    if (!name?.startsWith('"') || tokens.next() !== ':') throw new SyntaxError('A name is missing');
    members.set(name, printValue(tokens));
    const mark = tokens.next();
    if (mark === '}') break;
    if (mark !== ',') throw new SyntaxError('An object does not end');
  }
  return `{${[...members].map(([name, value]) => `${name}:${value}`).join(',')}}`;
}

function printArray(tokens: Tokens): string {
  const items: string[] = [];
  for (let first = tokens.next(); first !== ']' || items.length > 0; first = tokens.next()) {
    items.push(printValue(tokens, first));
    const mark = tokens.next();
    if (mark === ']') break;
    if (mark !== ',') throw new SyntaxError('A list does not end');
  }
  return `[${items.join(',')}]`;
}

const printInteger = (lexeme: string): string => (lexeme === '-0' ? '0' : lexeme);

/** The shortest digits that give the number back, which both languages find; they differ in when an exponent is written, and how. */
function printFloat(value: number): string {
  if (!Number.isFinite(value)) return value > 0 ? 'Infinity' : '-Infinity';
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const [mantissa = '', power = '0'] = Math.abs(value).toExponential().split('e');
  const digits = mantissa.replace('.', '');
  const exponent = Number(power);
  if (exponent < -4 || exponent >= 16) {
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : '';
    return `${sign}${digits[0]}${fraction}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
  }
  if (exponent < 0) return `${sign}0.${'0'.repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0');
  return `${sign}${whole}.${digits.slice(exponent + 1) || '0'}`;
}

const short: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\f': '\\f',
  '\b': '\\b',
};

/** ASCII only; what lies beyond the basic plane as two halves. */
function printString(value: string): string {
  const escaped = value.replace(/["\\]|[^ -~]/g, (char) => short[char] ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
  return `"${escaped}"`;
}
