// A report as somebody with Poppler sees it: its text, and its first page as a picture.
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import type { Page } from "@playwright/test";

function runs(program: string): boolean {
  try {
    execFileSync(program, ["-v"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

export const POPPLER = runs("pdftotext") && runs("pdftoppm");

/** Everything that is written in it, without white space: lines break where the page does. */
export function textOf(pdf: string): string {
  return execFileSync("pdftotext", [pdf, "-"], { encoding: "utf8" }).replaceAll(/\s/g, "");
}

export type Ink = { width: number; height: number; share: number; colours: number };

/** Renders one page to PNG at 60 dpi, and says how much of it is not paper; 0 for a page that is not there. */
export async function inkOf(page: Page, pdf: string, number: number): Promise<Ink & { png: Buffer }> {
  const at = String(number);
  const target = pdf.replace(/\.pdf$/, `-${at}`);
  execFileSync("pdftoppm", ["-png", "-r", "60", "-f", at, "-l", at, "-singlefile", pdf, target]);
  const png = readFileSync(`${target}.png`);
  const ink = await page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.codePointAt(0) ?? 0);
    const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
    if (!canvas) throw new Error("no canvas");
    canvas.drawImage(image, 0, 0);
    const { data } = canvas.getImageData(0, 0, image.width, image.height);
    const colours = new Set<number>();
    let dark = 0;
    for (let pixel = 0; pixel < data.length; pixel += 4) {
      const colour = ((data[pixel] ?? 0) << 16) | ((data[pixel + 1] ?? 0) << 8) | (data[pixel + 2] ?? 0);
      colours.add(colour);
      if (colour !== 0xff_ff_ff) dark += 1;
    }
    return { width: image.width, height: image.height, share: dark / (data.length / 4), colours: colours.size };
  }, png.toString("base64"));
  return { ...ink, png };
}
