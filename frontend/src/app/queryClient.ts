// How requests are cached and repeated.
import { QueryClient } from "@tanstack/react-query";
import { asProblem } from "@/api/problem";
import { retryDelay } from "@/lib/backoff";

export function makeQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: 10_000,
        // A refusal will be refused again; only silence and overload are worth another try.
        retry: (failures, error) => {
          const { status } = asProblem(error);
          return failures < 2 && (status === 0 || status >= 500 || status === 429);
        },
        retryDelay: (attempt) => retryDelay(attempt),
      },
    },
  });
}
