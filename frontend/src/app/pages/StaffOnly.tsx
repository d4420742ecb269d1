// What students must not even find. The server refuses as well; this spares them a page of errors.
import type { ReactNode } from "react";
import { useUser } from "@/api/useUser";
import { NotFoundPage } from "./NotFoundPage";

export function StaffOnly({ children, admin = false }: { children: ReactNode; admin?: boolean }) {
  const user = useUser();
  const may = user?.role === "admin" || (!admin && user?.role === "teacher");
  return may ? children : <NotFoundPage />;
}
