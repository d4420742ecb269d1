// /admin/$section: institution, rights, audit log, retention, system, demonstration data.
import { useParams } from "@tanstack/react-router";
import { Administration } from "@/features/admin/Administration";
import { StaffOnly } from "./StaffOnly";

export function AdminPage() {
  const { section } = useParams({ from: "/signed-in/admin/$section" });
  return (
    <StaffOnly admin>
      <Administration section={section} />
    </StaffOnly>
  );
}
