// Arithmetic as typed, in Latin or Bangla digits: + − × ÷ ^ ( ) and a percent sign. No eval: a page with our policy has none.

const DIGITS = "০১২৩৪৫৬৭৮৯";

/** The value, or null where it is no arithmetic or has none. */
export function calculate(text: string): number | null {
  const plain = text
    .replaceAll(/[০-৯]/g, (digit) => String(DIGITS.indexOf(digit)))
    .replaceAll(/[×x]/g, "*")
    .replaceAll("÷", "/")
    .replaceAll("−", "-")
    .replaceAll(/(\d),(?=\d)/g, "$1");
  const tokens = plain.match(/\d+\.?\d*(?:e[+-]?\d+)?|\.\d+|[-+*/^()%√π]|\S/gi) ?? [];
  const reader = new Reader(tokens);
  const value = reader.sum();
  return reader.done && value !== null && Number.isFinite(value) ? value : null;
}

class Reader {
  #at = 0;
  constructor(readonly tokens: string[]) {}

  get done(): boolean {
    return this.#at === this.tokens.length && this.tokens.length > 0;
  }

  #take(...wanted: string[]): string | null {
    const token = this.tokens[this.#at];
    if (token === undefined || !wanted.includes(token)) return null;
    this.#at += 1;
    return token;
  }

  sum(): number | null {
    let value = this.#product();
    for (let sign = this.#take("+", "-"); sign && value !== null; sign = this.#take("+", "-")) {
      const next = this.#product();
      value = next === null ? null : sign === "+" ? value + next : value - next;
    }
    return value;
  }

  #product(): number | null {
    let value = this.#signed();
    for (let sign = this.#take("*", "/"); sign && value !== null; sign = this.#take("*", "/")) {
      const next = this.#signed();
      value = next === null ? null : sign === "*" ? value * next : value / next;
    }
    return value;
  }

  #signed(): number | null {
    if (this.#take("-")) {
      const value = this.#signed();
      return value === null ? null : -value;
    }
    return this.#power();
  }

  #power(): number | null {
    const base = this.#single();
    if (base === null || !this.#take("^")) return base;
    const exponent = this.#signed();
    return exponent === null ? null : base ** exponent;
  }

  #single(): number | null {
    if (this.#take("√")) {
      const value = this.#single();
      return value === null ? null : Math.sqrt(value);
    }
    let value: number | null = null;
    if (this.#take("π")) value = Math.PI;
    else if (this.#take("(")) {
      value = this.sum();
      if (!this.#take(")")) return null;
    } else {
      const token = this.tokens[this.#at];
      if (token === undefined || !/^[\d.]/.test(token)) return null;
      this.#at += 1;
      value = Number(token);
    }
    while (value !== null && this.#take("%")) value /= 100;
    return value;
  }
}
