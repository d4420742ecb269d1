// /reset-password#token=…: choose a new password.
import { ResetForm } from "@/features/auth/ResetForm";
import { DoorPage } from "./DoorPage";

export function ResetPage() {
  return (
    <DoorPage>
      <ResetForm />
    </DoorPage>
  );
}
