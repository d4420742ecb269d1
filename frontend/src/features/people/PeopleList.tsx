// A plain list of everybody with an account.
import { Badge, Table, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { answered, api } from "@/api/client";
import { asProblem } from "@/api/problem";
import { Failure } from "@/ui/Failure";
import { Loading } from "@/ui/Loading";

const PAGE = 100;

export function PeopleList() {
  const { t } = useTranslation();
  const people = useQuery({
    queryKey: ["users"],
    queryFn: () => answered(api.GET("/api/v1/users/", { params: { query: { skip: 0, limit: PAGE } } })),
  });
  if (people.isPending) return <Loading />;
  if (people.isError) return <Failure problem={asProblem(people.error)} onRetry={() => void people.refetch()} />;
  return (
    <>
      <Title order={1} size="h2" mb="md">
        {t("people.title")}
      </Title>
      <Table.ScrollContainer minWidth={560}>
        <Table verticalSpacing="sm" bg="var(--page-card)" withTableBorder>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t("people.name")}</Table.Th>
              <Table.Th>{t("people.email")}</Table.Th>
              <Table.Th>{t("people.role")}</Table.Th>
              <Table.Th>{t("people.state")}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {people.data.map((user) => (
              <Table.Tr key={user.id}>
                <Table.Td>{user.full_name}</Table.Td>
                <Table.Td>{user.email}</Table.Td>
                <Table.Td>{t(`roles.${user.role}`)}</Table.Td>
                <Table.Td>
                  <Badge variant="light" color={user.is_active ? "teal" : "gray"}>
                    {t(user.is_active ? "people.active" : "people.inactive")}
                  </Badge>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Table.ScrollContainer>
    </>
  );
}
