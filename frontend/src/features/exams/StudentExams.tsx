// A student who comes in by the staff's door is led to the student's own application.
import { useEffect } from "react";
import { Loading } from "@/ui/Loading";

const ROOM = "/room";

export function StudentExams() {
  useEffect(() => window.location.replace(ROOM), []);
  return <Loading />;
}
