// Whether somebody is signed in on this page.

export type SignIn = "asking" | "in" | "out" | "offline" | "student_only";
