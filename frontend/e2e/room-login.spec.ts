// A login that lasts: a page reloaded while its login is being renewed, and a tab that was duplicated.
import { expect, test } from "./fixtures";
import { openBrowser, signIn } from "./room";

const RENEWAL = "**/api/v1/auth/refresh";

test("a reload in the middle of a renewal signs nobody out, nor does a duplicated tab", async ({ server }) => {
  const { page, context } = await openBrowser(server);
  await signIn(page);
  const home = page.getByRole("heading", { level: 1, name: "My exams" });

  // The server has renewed it, and its answer reaches nobody.
  let renewed = false;
  await page.route(RENEWAL, async (route) => {
    await route.fetch();
    renewed = true;
  });
  await page.reload();
  await expect.poll(() => renewed).toBe(true);
  await page.unroute(RENEWAL);
  await page.reload();
  await expect(home).toBeVisible();

  // A copy of the tab begins with the same token; each token is given to the server once.
  const spent: string[] = [];
  context.on("request", (request) => {
    if (request.url().endsWith("/auth/refresh")) spent.push((request.postDataJSON() as { refresh_token: string }).refresh_token);
  });
  const opened = page.waitForEvent("popup");
  await page.evaluate(() => void window.open("/room"));
  const copy = await opened;
  const copied = copy.getByRole("heading", { level: 1, name: "My exams" });
  await expect(copied).toBeVisible();
  const held = () => Promise.all([page, copy].map((one) => one.evaluate(() => sessionStorage.getItem("proctor.refresh"))));
  const same = async () => {
    const [one, other] = await held();
    return one !== null && one === other;
  };
  await expect.poll(same).toBe(true);
  await page.reload();
  await expect(home).toBeVisible();
  await expect.poll(same).toBe(true);
  await copy.reload();
  await expect(copied).toBeVisible();
  expect(spent).toHaveLength(3);
  expect(new Set(spent).size).toBe(3);
  await context.close();
});
