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
import { LostPage, NotFoundPage } from "../pages/NotFoundPage";
import { PageFailure } from "../pages/PageFailure";
import { Shell } from "../Shell";
import { EXAM_ID, positive, safeNext, SITTING_ID, words } from "./search";

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

const rootRoute = createRootRouteWithContext<RouterContext>()({
  component: Outlet,
  notFoundComponent: LostPage,
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

const forgotRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/forgot-password",
  component: lazyRouteComponent(() => import("../pages/ForgotPage"), "ForgotPage"),
});

const resetRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/reset-password",
  component: lazyRouteComponent(() => import("../pages/ResetPage"), "ResetPage"),
});

const providerReturnRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/login/callback",
  component: lazyRouteComponent(() => import("../pages/ProviderReturnPage"), "ProviderReturnPage"),
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
  params: EXAM_ID,
  validateSearch: (search: Record<string, unknown>): { student?: number | undefined; group?: string | undefined } => ({
    student: positive(search["student"]),
    group: words(search["group"]),
  }),
  component: lazyRouteComponent(() => import("../pages/LivePage"), "LivePage"),
});

const sittingReviewRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/review/$sittingId",
  params: SITTING_ID,
  validateSearch: (search: Record<string, unknown>): { violation?: number | undefined } => ({
    violation: positive(search["violation"]),
  }),
  component: lazyRouteComponent(() => import("../pages/SittingReviewPage"), "SittingReviewPage"),
});

const examEditRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/exams/$examId/edit",
  params: EXAM_ID,
  component: lazyRouteComponent(() => import("../pages/ExamEditPage"), "ExamEditPage"),
});

const studentsRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/exams/$examId/students",
  params: EXAM_ID,
  component: lazyRouteComponent(() => import("../pages/StudentsPage"), "StudentsPage"),
});

const examReviewRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/exams/$examId/review",
  params: EXAM_ID,
  component: lazyRouteComponent(() => import("../pages/ExamReviewPage"), "ExamReviewPage"),
});

const rescoreRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/exams/$examId/rescore",
  params: EXAM_ID,
  component: lazyRouteComponent(() => import("../pages/RescorePage"), "RescorePage"),
});

const calendarRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/calendar",
  component: lazyRouteComponent(() => import("../pages/CalendarPage"), "CalendarPage"),
});

const reviewRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/review",
  component: lazyRouteComponent(() => import("../pages/ReviewPage"), "ReviewPage"),
});

const bankRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/bank",
  component: lazyRouteComponent(() => import("../pages/BankPage"), "BankPage"),
});

const questionsRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/exams/$examId/questions",
  params: EXAM_ID,
  component: lazyRouteComponent(() => import("../pages/QuestionsPage"), "QuestionsPage"),
});

const gradingRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/exams/$examId/grading",
  params: EXAM_ID,
  component: lazyRouteComponent(() => import("../pages/GradingPage"), "GradingPage"),
});

const resultsRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/exams/$examId/results",
  params: EXAM_ID,
  component: lazyRouteComponent(() => import("../pages/ResultsPage"), "ResultsPage"),
});

const analyticsRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/analytics",
  component: lazyRouteComponent(() => import("../pages/AnalyticsPage"), "AnalyticsPage"),
});

const adminRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/admin/$section",
  component: lazyRouteComponent(() => import("../pages/AdminPage"), "AdminPage"),
});

const peopleRoute = createRoute({
  getParentRoute: () => signedInRoute,
  path: "/people",
  component: lazyRouteComponent(() => import("../pages/PeoplePage"), "PeoplePage"),
});

const routeTree = rootRoute.addChildren([
  loginRoute,
  forgotRoute,
  resetRoute,
  providerReturnRoute,
  signedInRoute.addChildren([
    examsRoute,
    liveRoute,
    sittingReviewRoute,
    examEditRoute,
    studentsRoute,
    examReviewRoute,
    rescoreRoute,
    calendarRoute,
    reviewRoute,
    bankRoute,
    questionsRoute,
    gradingRoute,
    resultsRoute,
    analyticsRoute,
    adminRoute,
    peopleRoute,
  ]),
]);

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
