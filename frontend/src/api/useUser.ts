// The signed-in user, as React sees it.
import { useSyncExternalStore } from "react";
import { currentCredentials, onCredentialsChange } from "./credentials";
import type { User } from "./types";

export function useUser(): User | null {
  return useSyncExternalStore(onCredentialsChange, () => currentCredentials()?.user ?? null);
}
