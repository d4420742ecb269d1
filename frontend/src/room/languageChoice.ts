// Whether somebody has pressed a language on this tab: that counts more than what a profile says.

const KEY = "proctor.language-pressed";

export function rememberChoice(): void {
  sessionStorage.setItem(KEY, "1");
}

export function hasChosen(): boolean {
  return sessionStorage.getItem(KEY) !== null;
}
