// The pages and who may open them.
import type { QueryClient } from "@tanstack/react-query";
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { currentCredentials, refreshToken, validCredentials } from "@/api/credentials";
import { Problem } from "@/api/problem";
import { Loading } from "@/ui/Loading";
import { ExamsPage } from "../pages/ExamsPage";
import { LoginPage } from "../pages/LoginPage";
import { NotFoundPage } from "../pages/NotFoundPage";
import { PageFailure } from "../pages/PageFailure";
import { Shell } from "../Shell";

type RouterContext = { queryClient: QueryClient };

/** Lets a signed-in user through, restoring the sign-in after a reload; sends everybody else to the login page. */
async function requireUser(href: string): Promise<void> {
  try {
    await validCredentials();
  } catch (error) {
    if (error instanceof Problem && !refreshToken()) {
      throw redirect({ to: "/login", search: href === "/" ? {} : { next: href } });
    }
    throw error;
  }
}

/** Only a path on this site may follow a login: anything else could lead to a copy of it. */
export function safeNext(next: unknown): string | undefined {
  return typeof next === "string" && /^\/(?![/\\])/.test(next) ? next : undefined;
}

/** A search parameter that must be a row's number. */
function positive(value: unknown): number | undefined {
  const number = Number(value);
  return Number.isInteger(number) && number > 0 ? number : undefined;
}

/** A search parameter that is free text. A number in the address may have been meant as one. */
function words(value: unknown): string | undefined {
  const text = typeof value === "number" ? String(value) : value;
  return typeof text === "string" && text !== "" ? text.slice(0, 200) : undefined;
}

const rootRoute = createRootRouteWithContext<RouterContext>()({
  component: Outlet,
  notFoundComponent: NotFoundPage,
});

const loginRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/login",
  // An explicit undefined: a parameter that is merely left out would pass through unchecked.
  validateSearch: (search: Record<string, unknown>): { next?: string | undefined } => ({
    next: safeNext(search["next"]),
  }),
  beforeLoad: ({ search }) => {
    if (currentCredentials()) throw redirect({ to: search.next ?? "/" });
  },
  component: LoginPage,
});

const signedInRoute = createRoute({
  getParentRoute: () => rootRoute,
  id: "signed-in",
  beforeLoad: ({ location }) => requireUser(location.href),
  component: Shell,
});

const examsRoute = createRoute({ getParentRoute: () => signedInRoute, path: "/", component: ExamsPage });

const liveRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/exams/$examId/live",
  params: {
    parse: ({ examId }) => ({ examId: Number(examId) }),
    stringify: ({ examId }) => ({ examId: String(examId) }),
  },
  validateSearch: (search: Record<string, unknown>): { student?: number | undefined; group?: string | undefined } => ({
    student: positive(search["student"]),
    group: words(search["group"]),
  }),
  component: lazyRouteComponent(() => import("../pages/LivePage"), "LivePage"),
});

const peopleRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/people",
  component: lazyRouteComponent(() => import("../pages/PeoplePage"), "PeoplePage"),
});

const routeTree = rootRoute.addChildren([loginRoute, signedInRoute.addChildren([examsRoute, liveRoute, peopleRoute])]);

export function makeRouter(queryClient: QueryClient) {
  return createRouter({
    routeTree,
    context: { queryClient },
    defaultPendingComponent: Loading,
    defaultPendingMs: 300,
    defaultErrorComponent: PageFailure,
    defaultNotFoundComponent: NotFoundPage,
    scrollRestoration: false,
  });
}

declare module "@tanstack/react-router" {
  interface Register {
    router: ReturnType<typeof makeRouter>;
  }
}
