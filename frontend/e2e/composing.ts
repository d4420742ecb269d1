// Writing with an input method, as Avro, Unijoy or a phone's keyboard do it: through Chromium's own IME interface.
import { expect, type Locator, type Page } from "@playwright/test";

type Seen = { composed: string[]; keys: number };

/** Each word is composed through its stages with the keys of a real input method, then committed, a space after it but the last. */
export async function compose(page: Page, box: Locator, words: readonly (readonly string[])[]): Promise<void> {
  const devtools = await page.context().newCDPSession(page);
  await box.focus();
  await page.evaluate(() => {
    const seen: Seen = { composed: [], keys: 0 };
    Object.assign(window, { seen });
    document.addEventListener("compositionend", ({ data }) => seen.composed.push(data));
    document.addEventListener("keydown", ({ isComposing, keyCode }) => {
      if (isComposing || keyCode === 229) seen.keys += 1;
    });
  });
  for (const [at, stages] of words.entries()) {
    for (const text of stages) {
      await devtools.send("Input.dispatchKeyEvent", { type: "rawKeyDown", key: "Process", code: "KeyP", windowsVirtualKeyCode: 229 });
      await devtools.send("Input.imeSetComposition", { text, selectionStart: text.length, selectionEnd: text.length });
      await devtools.send("Input.dispatchKeyEvent", { type: "keyUp", key: "p", code: "KeyP", windowsVirtualKeyCode: 80 });
    }
    await devtools.send("Input.insertText", { text: stages.at(-1) ?? "" });
    if (at < words.length - 1) await page.keyboard.press("Space");
  }
  const seen = await page.evaluate(() => (window as unknown as { seen: Seen }).seen);
  expect(seen.composed).toEqual(words.map((stages) => stages.at(-1)));
  expect(seen.keys).toBe(words.flat().length);
  await devtools.detach();
}
