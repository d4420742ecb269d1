// /login/callback: back from another login server.
import { ProviderReturn } from "@/features/auth/ProviderReturn";
import { safeNext } from "../router/search";
import { DoorPage } from "./DoorPage";

/** A whole new page: what was wanted may belong to the students' entry. */
function goTo(next: string | null): void {
  window.location.replace(safeNext(next) ?? "/");
}

export function ProviderReturnPage() {
  return (
    <DoorPage>
      <ProviderReturn onBack={goTo} />
    </DoorPage>
  );
}
