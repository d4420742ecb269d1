// Accounts over HTTP, for administrators.
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { download } from "@/api/call";
import { answered, api } from "@/api/client";
import type { Role } from "@/api/types";
import type { Language } from "@/lib/languages";

const PAGE = 50;
export type PeopleFilter = { search: string; role: Role | null };

export function usePeople({ search, role }: PeopleFilter) {
  return useInfiniteQuery({
    queryKey: ["users", search, role],
    queryFn: ({ pageParam }) =>
      answered(
        api.GET("/api/v1/users/", {
          params: { query: { order: "name", ...(search ? { search } : {}), ...(role ? { role } : {}), skip: pageParam, limit: PAGE } },
        }),
      ),
    initialPageParam: 0,
    getNextPageParam: (last, all) => (last.length < PAGE ? undefined : all.length * PAGE),
    placeholderData: (known) => known,
  });
}

function useRefresh() {
  const queryClient = useQueryClient();
  return () => queryClient.invalidateQueries({ queryKey: ["users"] });
}

export type NewAccount = { email: string; full_name: string; role: Role; password: string; preferred_language: Language };

export function useCreateUser() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: (wanted: NewAccount) => answered(api.POST("/api/v1/users/", { body: { ...wanted, must_change_password: true } })),
    onSettled: refresh,
  });
}

const at = (id: number) => ({ params: { path: { user_id: id } } });

export function useSetActive() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: ({ id, active }: { id: number; active: boolean }) =>
      active
        ? answered(api.POST("/api/v1/users/{user_id}/activate", at(id)))
        : answered(api.POST("/api/v1/users/{user_id}/deactivate", at(id))),
    onSettled: refresh,
  });
}

export function useResetPassword() {
  return useMutation({
    mutationFn: (id: number) => answered(api.POST("/api/v1/users/{user_id}/reset-password", at(id))),
  });
}

export function useLogins(id: number) {
  return useQuery({
    queryKey: ["users", id, "logins"],
    queryFn: () => answered(api.GET("/api/v1/users/{user_id}/sessions", at(id))),
    staleTime: 0,
  });
}

export function useEndLogins(id: number) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (loginId: string | null) =>
      loginId === null
        ? answered(api.DELETE("/api/v1/users/{user_id}/sessions", at(id)))
        : answered(api.DELETE("/api/v1/users/{user_id}/sessions/{login_id}", { params: { path: { user_id: id, login_id: loginId } } })),
    onSettled: () => queryClient.invalidateQueries({ queryKey: ["users", id, "logins"] }),
  });
}

/** Account, sittings, pictures, keys: for good. */
export function useErase() {
  const refresh = useRefresh();
  return useMutation({
    mutationFn: ({ id, email }: { id: number; email: string }) =>
      answered(api.POST("/api/v1/users/{user_id}/erase", { ...at(id), body: { email } })),
    onSuccess: refresh,
  });
}

/** Everything about somebody as a file, with a signed list of what is in it. */
export function downloadEverything(id: number): Promise<void> {
  return download(`/users/${id}/export`);
}
