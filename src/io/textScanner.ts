/**
 * Reads numbers and words straight from the bytes of a text file, line by line, without making strings:
 * a file of millions of rows costs no garbage. Numbers are correctly rounded float64.
 */

const NEWLINE = 10;
const RETURN = 13;
const SPACE = 32;
const TAB = 9;
const HASH = 35;
const MINUS = 45;
const DOT = 46;
const COMMA = 44;
const SEMICOLON = 59;

/** Rows of points are shorter: measured, see docs/formats.md. */
const SHORT_LINE = 96;

/** Powers of ten that are exact in float64. */
const POWERS = Float64Array.from({ length: 23 }, (_, i) => 10 ** i);

/** Decimal digits that a float64 always holds exactly. */
const EXACT_DIGITS = 15;

/** 1 where a byte continues a word, so "12abc" and "3.1+e2" are not taken for the numbers they begin with. */
const CONTINUES_WORD = new Uint8Array(256);
for (let c = 0; c < 256; c++)
  if (/[0-9A-Za-z.+\-_]/.test(String.fromCharCode(c)) || c > 127) CONTINUES_WORD[c] = 1;

function isBlank(byte: number): boolean {
  return byte === SPACE || byte === TAB || byte === RETURN;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 48 && byte <= 57;
}

export class TextScanner {
  readonly bytes: Uint8Array;
  /** Where the next token is looked for; always within the current line. */
  pos = 0;
  /** Behind the last byte of the current line, its end-of-line bytes excluded. */
  lineEnd = 0;
  /** 1-based number of the current line; 0 before the first. */
  line = 0;
  /** The number `readNumber` or `readInteger` read. NaN and infinity are numbers too. */
  value = 0;
  /** True when that number was written without decimal point and exponent. */
  wasInteger = false;
  /** The byte that separates the decimals: '.' or, in some countries' files, ','. */
  decimal = DOT;
  private nextStart: number;
  private readonly newline: number;
  /** The first 15 digits of the number being read, and how many digits count. */
  private mantissa = 0;
  /** Digits behind the first 15, which a float64 no longer holds together with those. */
  private tail = 0;
  private significant = 0;

  /** @param start first byte to read; @param line number of lines before it */
  constructor(bytes: Uint8Array, start = 0, line = 0) {
    this.bytes = bytes;
    this.nextStart = start;
    this.line = line;
    // Old Macintosh files end their lines with a carriage return alone. Only the first line is looked at:
    // behind a header there may be binary data.
    let i = start;
    while (i < bytes.length && bytes[i] !== NEWLINE && bytes[i] !== RETURN) i++;
    this.newline = bytes[i] === RETURN && bytes[i + 1] !== NEWLINE ? RETURN : NEWLINE;
  }

  /** First byte of the line after the current one. */
  get nextLineStart(): number {
    return this.nextStart;
  }

  /** Moves to the next line. @returns false at the end of the file */
  nextLine(): boolean {
    const { bytes } = this;
    if (this.nextStart >= bytes.length) return false;
    this.pos = this.nextStart;
    const end = this.endOfLine(this.pos);
    this.nextStart = end + 1;
    this.lineEnd = end > this.pos && bytes[end - 1] === RETURN ? end - 1 : end;
    this.line++;
    return true;
  }

  /** Lines are short: stepping is faster than calling out, until a long one comes. */
  private endOfLine(from: number): number {
    const { bytes, newline } = this;
    const near = Math.min(bytes.length, from + SHORT_LINE);
    for (let at = from; at < near; at++) if (bytes[at] === newline) return at;
    const found = near < bytes.length ? bytes.indexOf(newline, near) : -1;
    return found < 0 ? bytes.length : found;
  }

  skipBlanks(): void {
    while (this.pos < this.lineEnd && isBlank(this.bytes[this.pos]!)) this.pos++;
  }

  /** Skips blanks and one comma or semicolon. */
  skipSeparator(): void {
    this.skipBlanks();
    const byte = this.peek();
    if (byte === COMMA || byte === SEMICOLON) this.pos++;
  }

  /** Blanks and a '#' comment behind them are the end too. */
  atLineEnd(): boolean {
    this.skipBlanks();
    return this.pos >= this.lineEnd || this.bytes[this.pos] === HASH;
  }

  /** The byte at `pos`, or -1 at the end of the line. */
  peek(): number {
    return this.pos < this.lineEnd ? this.bytes[this.pos]! : -1;
  }

  /** @returns the next run of non-blank bytes, "" at the end of the line */
  word(): string {
    this.skipBlanks();
    const start = this.pos;
    this.skipWord();
    return latin1(this.bytes, start, this.pos);
  }

  /** Moves behind the non-blank bytes at `pos`. @returns false when there are none */
  skipWord(): boolean {
    const start = this.pos;
    while (this.pos < this.lineEnd && !isBlank(this.bytes[this.pos]!)) this.pos++;
    return this.pos > start;
  }

  /** The rest of the current line, for headers. */
  restOfLine(): string {
    return new TextDecoder().decode(this.bytes.subarray(this.pos, this.lineEnd));
  }

  /**
   * Skips blanks and reads a number into `value`.
   * @returns false, with `pos` at the offending byte, when there is none or a word begins like a number
   */
  readNumber(): boolean {
    this.skipBlanks();
    const { bytes, lineEnd } = this;
    const start = this.pos;
    let i = start;
    if (i < lineEnd && (bytes[i] === 43 || bytes[i] === 45)) i++;
    const digitsStart = i;
    this.mantissa = 0;
    this.tail = 0;
    this.significant = 0;
    i = this.readDigits(i);
    let digits = i - digitsStart;
    let exponent = 0;
    this.wasInteger = true;
    if (i < lineEnd && bytes[i] === this.decimal) {
      const fraction = i + 1;
      i = this.readDigits(fraction);
      exponent = fraction - i;
      digits += i - fraction;
      this.wasInteger = false;
    }
    if (digits === 0) return this.readSpecial(start, digitsStart);
    if (i < lineEnd && (bytes[i]! | 32) === 101) {
      const end = this.exponentEnd(i + 1);
      if (end > 0) {
        exponent += this.value;
        i = end;
        this.wasInteger = false;
      }
    }
    // Microsoft's C library writes NaN as "1.#QNAN" and infinity as "1.#INF".
    if (i < lineEnd && bytes[i] === HASH && bytes[i - 1] === this.decimal) {
      this.word();
      this.value = Number.NaN;
      return true;
    }
    if (i < lineEnd && CONTINUES_WORD[bytes[i]!] === 1) return false;
    this.pos = i;
    this.value = this.toFloat64(start, i, exponent);
    return true;
  }

  /**
   * Reads a line that holds nothing but plain decimals, as most lines of most files: at most 15 digits each, no
   * exponent, one per element of `values`. It is what `readNumber` reads, several times as fast.
   * @param separator byte between them, 0 = blanks
   * @returns false, with `pos` where it was, for any other line: it is to be read field by field
   */
  readPlainRow(values: Float64Array, separator: number): boolean {
    let at = this.pos;
    for (let c = 0; c < values.length; c++) {
      if (c > 0 && separator !== 0) {
        at = this.behindBlanks(at);
        if (at >= this.lineEnd || this.bytes[at] !== separator) return false;
        at++;
      }
      at = this.plainNumber(this.behindBlanks(at), separator);
      if (at < 0) return false;
      values[c] = this.value;
    }
    at = this.behindBlanks(at);
    if (at < this.lineEnd) return false;
    this.pos = at;
    return true;
  }

  /** @returns the byte behind it, its value in `value`; -1 when something else than such a number stands at `i` */
  private plainNumber(i: number, separator: number): number {
    const { bytes, lineEnd } = this;
    const negative = i < lineEnd && bytes[i] === MINUS;
    if (negative) i++;
    let mantissa = 0;
    let digits = -i;
    for (; i < lineEnd; i++) {
      const digit = bytes[i]! - 48;
      if (digit < 0 || digit > 9) break;
      mantissa = mantissa * 10 + digit;
    }
    digits += i;
    let decimals = 0;
    if (i < lineEnd && bytes[i] === this.decimal) {
      i++;
      decimals = -i;
      for (; i < lineEnd; i++) {
        const digit = bytes[i]! - 48;
        if (digit < 0 || digit > 9) break;
        mantissa = mantissa * 10 + digit;
      }
      decimals += i;
      digits += decimals;
    }
    if (digits === 0 || digits > EXACT_DIGITS) return -1;
    const after = i < lineEnd ? bytes[i]! : SPACE;
    if (after !== SPACE && after !== TAB && (separator === 0 || after !== separator)) return -1;
    // Both are exact, so the quotient is rounded correctly.
    const magnitude = decimals === 0 ? mantissa : mantissa / POWERS[decimals]!;
    this.value = negative ? -magnitude : magnitude;
    return i;
  }

  private behindBlanks(i: number): number {
    while (i < this.lineEnd && (this.bytes[i] === SPACE || this.bytes[i] === TAB)) i++;
    return i;
  }

  /** Adds the digits from `i` on to the mantissa. @returns the byte behind them */
  private readDigits(i: number): number {
    const { bytes, lineEnd } = this;
    let { mantissa, tail, significant } = this;
    for (; i < lineEnd; i++) {
      const digit = bytes[i]! - 48;
      if (digit < 0 || digit > 9) break;
      if (significant < EXACT_DIGITS) {
        mantissa = mantissa * 10 + digit;
        if (mantissa > 0) significant++;
      } else {
        tail = tail * 10 + digit;
        significant++;
      }
    }
    this.mantissa = mantissa;
    this.tail = tail;
    this.significant = significant;
    return i;
  }

  /** The number written in bytes [start, end): mantissa times ten to the exponent, correctly rounded. */
  private toFloat64(start: number, end: number, exponent: number): number {
    const { bytes, significant } = this;
    if (exponent >= -22 && exponent <= 22 && significant <= 2 * EXACT_DIGITS) {
      const magnitude =
        significant <= EXACT_DIGITS
          ? // One operation on two exact numbers rounds correctly.
            exponent < 0
            ? this.mantissa / POWERS[-exponent]!
            : this.mantissa * POWERS[exponent]!
          : scaleLong(this.mantissa, this.tail, significant - EXACT_DIGITS, exponent);
      if (!Number.isNaN(magnitude)) return bytes[start] === 45 ? -magnitude : magnitude;
    }
    const text = latin1(bytes, start, end);
    return Number(this.decimal === DOT ? text : text.replace(String.fromCharCode(this.decimal), '.'));
  }

  /** Reads an integer with optional sign, up to any byte that is no digit. @returns false when there is none */
  readInteger(): boolean {
    const { bytes, lineEnd } = this;
    let i = this.pos;
    const sign = i < lineEnd ? bytes[i] : 0;
    if (sign === 43 || sign === 45) i++;
    const first = i;
    let value = 0;
    for (; i < lineEnd && isDigit(bytes[i]); i++) value = value * 10 + (bytes[i]! - 48);
    if (i === first) return false;
    this.value = sign === 45 ? -value : value;
    this.pos = i;
    return true;
  }

  /** @returns the byte behind an exponent's digits, its value in `value`; 0 when there are none */
  private exponentEnd(i: number): number {
    const { bytes, lineEnd } = this;
    const sign = i < lineEnd ? bytes[i] : 0;
    if (sign === 43 || sign === 45) i++;
    const first = i;
    let value = 0;
    for (; i < lineEnd && isDigit(bytes[i]); i++) value = Math.min(value * 10 + (bytes[i]! - 48), 99999);
    if (i === first) return 0;
    this.value = sign === 45 ? -value : value;
    return i;
  }

  /** NaN and infinity in words. */
  private readSpecial(start: number, wordStart: number): boolean {
    const { bytes, lineEnd } = this;
    let i = wordStart;
    while (i < lineEnd && CONTINUES_WORD[bytes[i]!] === 1 && i - wordStart < 9) i++;
    const word = latin1(bytes, wordStart, i).toLowerCase();
    if (word !== 'nan' && word !== 'inf' && word !== 'infinity') return false;
    this.pos = i;
    this.wasInteger = false;
    this.value = word === 'nan' ? Number.NaN : bytes[start] === 45 ? -Infinity : Infinity;
    return true;
  }
}

/** High and low half of a float64, 26 bits each (Veltkamp). */
function split(a: number): number {
  const c = 134217729 * a;
  return c - (c - a);
}

/** Rounding error of the product p = a * b (Dekker). */
function productError(a: number, b: number, p: number): number {
  const ah = split(a);
  const bh = split(b);
  return ah * bh - p + ah * (b - bh) + (a - ah) * bh + (a - ah) * (b - bh);
}

/**
 * (head * 10^tailDigits + tail) * 10^exponent in double-double arithmetic: 16 and more digits, as NumPy
 * writes them, are ten times faster this way than through a string.
 * @returns NaN in the rare case that the error bound cannot exclude another rounding
 */
function scaleLong(head: number, tail: number, tailDigits: number, exponent: number): number {
  const product = head * POWERS[tailDigits]!;
  const high = product + tail;
  const low = productError(head, POWERS[tailDigits]!, product) + (tail - (high - product));
  const power = POWERS[Math.abs(exponent)]!;
  let value: number;
  let rest: number;
  if (exponent < 0) {
    value = high / power;
    const back = value * power;
    rest = (high - back - productError(value, power, back) + low) / power;
  } else {
    value = high * power;
    rest = productError(high, power, value) + low * power;
  }
  const margin = rest * 2 ** -40 + value * 2 ** -95;
  const rounded = value + (rest + margin);
  return rounded === value + (rest - margin) ? rounded : Number.NaN;
}

/** @returns the bytes as characters of the same number; for numbers and keywords */
export function latin1(bytes: Uint8Array, start: number, end: number): string {
  return String.fromCharCode.apply(null, bytes.subarray(start, end) as unknown as number[]); // an array-like will do
}
