// /people: the list of users, for administrators.
import { useUser } from "@/api/useUser";
import { PeopleList } from "@/features/people/PeopleList";
import { NotFoundPage } from "./NotFoundPage";

export function PeoplePage() {
  const user = useUser();
  return user?.role === "admin" ? <PeopleList /> : <NotFoundPage />;
}
