// A chart's place while its figures are on their way, or could not be had.
import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Failure } from "@/ui/Failure";
import { Loading } from "@/ui/Loading";

export function Pending<T>({ query, children }: { query: UseQueryResult<T>; children: (data: T) => ReactNode }) {
  if (query.isPending) return <Loading />;
  if (query.isError) return <Failure error={query.error} onRetry={() => void query.refetch()} />;
  return children(query.data);
}
