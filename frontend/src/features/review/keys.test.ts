// Keys of the reviewer: what they do, and when they must not.
import { afterEach, describe, expect, it } from "vitest";
import { actionOf } from "./keys";

afterEach(() => {
  document.body.replaceChildren();
  localStorage.clear();
});

function pressed(key: string, on: HTMLElement = document.body, more: KeyboardEventInit = {}): string | null {
  let action: string | null = null;
  const listen = (event: Event) => {
    action = actionOf(event as KeyboardEvent);
  };
  window.addEventListener("keydown", listen, { once: true });
  on.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, ...more }));
  return action;
}

function add(tag: string): HTMLElement {
  const element = document.createElement(tag);
  document.body.append(element);
  return element;
}

describe("reviewer keys", () => {
  it("judge, move and undo", () => {
    expect(["j", "K", "c", "D", "u", "z", "ArrowLeft"].map((key) => pressed(key))).toEqual([
      "next",
      "previous",
      "confirm",
      "dismiss",
      "unsure",
      "undo",
      "back",
    ]);
  });

  it("are off in inputs, with modifiers, and while a dialog is open", () => {
    expect(pressed("d", add("textarea"))).toBeNull();
    expect(pressed("d", document.body, { ctrlKey: true })).toBeNull();
    add("div").setAttribute("role", "dialog");
    expect(pressed("d")).toBeNull();
  });

  it("can be switched off", () => {
    localStorage.setItem("proctor.keys.single", "off");
    expect(pressed("d")).toBeNull();
  });

  it("leave the space bar to a focused button", () => {
    expect(pressed(" ", add("button"))).toBeNull();
    expect(pressed(" ")).toBe("play");
  });
});
