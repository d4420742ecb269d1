// For a page that could not be opened, most often because the server does not answer.
import { useRouter, type ErrorComponentProps } from "@tanstack/react-router";
import { Failure } from "@/ui/Failure";

export function PageFailure({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  return (
    <div style={{ padding: 24 }}>
      <Failure
        error={error}
        onRetry={() => {
          reset();
          void router.invalidate();
        }}
      />
    </div>
  );
}
