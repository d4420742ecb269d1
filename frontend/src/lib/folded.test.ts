// Names are found as they are typed, and the browser orders them as the server does (`tests/api/test_names.py`).
import { describe, expect, it } from "vitest";
import { folded } from "./folded";

/** The same list as in the server's test. */
const IN_ORDER = "অংশুমান অঞ্জন আঁখি আবুল উৎপল ঐশী কংস কঙ্কণ করিম কাজী গৌড় ঘোষ ডলি ড়ুবি ডেভিড ঢাকী তৎসম তথাগত তমাল থমাস বাড়ই বাড়ৈ মাহমুদ যতীন য়ামিন যোগেন রহিম হাসিনা".split(" ");

describe("names", () => {
  it("are ordered by the browser as by the server", () => {
    expect(IN_ORDER.toSorted(new Intl.Collator("bn").compare)).toEqual(IN_ORDER);
    expect(IN_ORDER.toReversed().toSorted(new Intl.Collator("bn").compare)).toEqual(IN_ORDER);
  });

  it("are found however they are typed", () => {
    for (const typed of ["বা\u09dcই", "বা\u09a1\u09bcই", "বাডই"]) expect(folded("সুমন বাড়ই")).toContain(folded(typed));
    for (const typed of ["গ\u09ccড", "গ\u09c7\u09d7\u09dc"]) expect(folded("গৌড়")).toContain(folded(typed));
    expect(folded("José ÁLVAREZ ৭")).toBe("jose alvarez 7");
    expect(folded("র\u200d\u09cdয\u09be\u09ac")).toBe(folded("র্যাব"));
  });
});
