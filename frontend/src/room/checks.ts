// Whether this device was checked a short while ago: nobody does it all again after a lost line.

const KEY = "proctor.checked";
export const VALID_MS = 30 * 60_000;

export function rememberCheck(): void {
  sessionStorage.setItem(KEY, String(Date.now()));
}

export function lastCheck(): boolean {
  const at = Number(sessionStorage.getItem(KEY));
  return at > 0 && Date.now() - at < VALID_MS;
}
