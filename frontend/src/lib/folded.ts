// What counts as the same letter when a name is looked for: like the server's `domain/name_order.py`.

const PASSED_OVER = /[\u0300-\u036f\u09bc\u200c\u200d]/gu;

/** Without case, accents, the dot below Bangla letters and joiners, whether typed as one code point or two; digits are Latin. */
export function folded(text: string): string {
  return text
    .normalize("NFD")
    .replace(PASSED_OVER, "")
    .replace(/[০-৯]/gu, (digit) => String(digit.charCodeAt(0) - 0x09e6))
    .toLowerCase();
}
