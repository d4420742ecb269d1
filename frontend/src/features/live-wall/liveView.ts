// What the live page knows, as a pure function of the messages it got: snapshot + events = a fresh snapshot.
import type { LiveExamHead, LiveMessage, Sitting, SittingWithViolations, Violation } from "./messages";

export type LiveView = {
  exam: LiveExamHead;
  /** Server's clock minus this device's, in ms. */
  clockOffset: number;
  sittings: Readonly<Record<number, SittingWithViolations>>;
  /** What came of the last challenge of a sitting, as heard while this page was open. */
  challenges: Readonly<Record<number, ChallengeOutcome>>;
};

export type ChallengeOutcome = { passed: boolean | null; turned: number; needed: number; at: number };

/** `receivedAt`: this device's clock in ms. Events before the first snapshot cannot be placed and are ignored. */
export function reduceLive(view: LiveView | null, message: LiveMessage, receivedAt: number): LiveView | null {
  if (message.type === "snapshot") {
    return {
      exam: message.exam,
      clockOffset: Date.parse(message.server_time) - receivedAt,
      sittings: Object.fromEntries(message.sessions.map((one) => [one.id, normalised(one)])),
      challenges: view?.challenges ?? {},
    };
  }
  if (!view) return null;
  switch (message.type) {
    case "ping":
      return { ...view, clockOffset: Date.parse(message.server_time) - receivedAt };
    case "challenge.done": {
      const { passed, turned, needed } = message;
      return { ...view, challenges: { ...view.challenges, [message.session_id]: { passed, turned, needed, at: receivedAt } } };
    }
    case "session.updated":
      return withSitting(view, updated(view.sittings[message.session.id], message.session));
    case "violation.opened":
    case "violation.updated":
    case "violation.closed": {
      const sitting = view.sittings[message.session_id];
      return sitting ? withSitting(view, noted(sitting, message)) : view;
    }
    default:
      // A newer server may say more than this build understands.
      return view;
  }
}

function normalised(sitting: SittingWithViolations): SittingWithViolations {
  return { ...sitting, violations: (sitting.violations ?? []).toSorted((a, b) => a.id - b.id) };
}

function updated(known: SittingWithViolations | undefined, sitting: Sitting): SittingWithViolations {
  // The wire carries no violations here (or null): those we have stay.
  return { ...sitting, violations: known?.violations ?? [] };
}

type ViolationMessage = Extract<LiveMessage, { violation: unknown }>;

function noted(sitting: SittingWithViolations, message: ViolationMessage): SittingWithViolations {
  const { violation, trust, band, without } = message;
  const others = sitting.violations.filter((one) => one.id !== violation.id);
  const violations = [...others, violation].map((one) => scored(one, without[one.id]));
  return { ...sitting, trust, band, violations: violations.toSorted((a, b) => a.id - b.id) };
}

function scored(violation: Violation, without: number | undefined): Violation {
  return { ...violation, without_this: without ?? violation.without_this ?? null };
}

function withSitting(view: LiveView, sitting: SittingWithViolations): LiveView {
  return { ...view, sittings: { ...view.sittings, [sitting.id]: sitting } };
}
