// What somebody without a mouse finds on a page: everything that works must be reached by Tab, in order, and be seen to be.
import { expect } from "./fixtures";
import type { Page } from "@playwright/test";

type Stop = { at: number; name: string; seen: boolean };

/** Walks once through the page with Tab. Every control is a stop, in the order of the page, and shows that it is one. */
export async function expectKeyboard(page: Page): Promise<void> {
  const controls = await page.evaluate(() => {
    const able = "a[href], button:not(:disabled), input:not(:disabled), select:not(:disabled), textarea:not(:disabled), summary, [tabindex='0']";
    const groups = new Set<string>();
    // Over an open window nothing else can be reached.
    const place = document.querySelector("dialog:modal") ?? document;
    const list = [...place.querySelectorAll<HTMLElement>(able)].filter((one) => {
      if (!one.checkVisibility({ visibilityProperty: true }) || one.closest("[inert]")) return false;
      if (!(one instanceof HTMLInputElement) || one.type !== "radio") return true;
      // Tab stops once in a group of radio buttons; arrows go on in it.
      const first = !groups.has(one.name);
      groups.add(one.name);
      return first;
    });
    Object.assign(window, { controls: list });
    return list.map((one) => one.getAttribute("aria-label") ?? one.textContent?.trim() ?? one.tagName);
  });
  const stops: Stop[] = [];
  for (let pressed = 0; pressed <= controls.length + 3 && stops.length < controls.length; pressed += 1) {
    await page.keyboard.press("Tab");
    const stop = await page.evaluate(() => {
      const here = document.activeElement as HTMLElement;
      const { controls: known } = window as unknown as { controls: HTMLElement[] };
      const at = known.findIndex((one) => one === here || (one instanceof HTMLInputElement && one.type === "radio" && one.name === (here as HTMLInputElement).name));
      const { outlineStyle, outlineWidth } = getComputedStyle(here);
      const box = here.getBoundingClientRect();
      const inView = box.bottom > 0 && box.top < window.innerHeight && box.right > 0 && box.left < window.innerWidth;
      return { at, name: here.getAttribute("aria-label") ?? here.textContent?.trim() ?? here.tagName, seen: outlineStyle !== "none" && outlineWidth !== "0px" && inView };
    });
    if (stop.at >= 0) stops.push(stop);
  }
  expect(controls.filter((_, at) => !stops.some((stop) => stop.at === at)), "cannot be reached by Tab").toEqual([]);
  expect(stops.filter(({ seen }) => !seen).map(({ name }) => name), "does not show that it has the focus").toEqual([]);
  const walked = stops.map(({ at }) => at);
  const begin = walked.indexOf(0);
  const order = [...walked.slice(begin), ...walked.slice(0, begin)];
  expect(order, "not in the page's order").toEqual(order.toSorted((one, other) => one - other));
}
