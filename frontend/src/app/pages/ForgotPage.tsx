// /forgot-password: ask for a mailed link.
import { ForgotForm } from "@/features/auth/ForgotForm";
import { DoorPage } from "./DoorPage";

export function ForgotPage() {
  return (
    <DoorPage>
      <ForgotForm />
    </DoorPage>
  );
}
