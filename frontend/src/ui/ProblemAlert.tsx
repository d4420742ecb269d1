// Says beside a form or a button why the server refused; nothing where there is nothing to say.
import { Alert, type AlertProps } from "@mantine/core";
import { IconAlertTriangle } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { problemText } from "./problemText";

type Props = Pick<AlertProps, "mb" | "mt" | "p" | "flex" | "title"> & {
  /** What was thrown, or null. */
  error: unknown;
};

export function ProblemAlert({ error, ...rest }: Props) {
  const { t } = useTranslation();
  if (!error) return null;
  return (
    <Alert color="red" role="alert" icon={<IconAlertTriangle aria-hidden />} {...rest}>
      {problemText(t, error)}
    </Alert>
  );
}
