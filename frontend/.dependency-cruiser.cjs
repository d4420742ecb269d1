// Which folder may import which: features are islands; api, ui and lib know no feature; only app puts them together.
module.exports = {
  forbidden: [
    { name: "no-circular", severity: "error", from: {}, to: { circular: true } },
    {
      name: "features-are-islands",
      severity: "error",
      from: { path: "^src/features/([^/]+)/" },
      to: { path: "^src/features/", pathNot: "^src/features/$1/" },
    },
    {
      name: "shared-code-knows-no-feature",
      severity: "error",
      from: { path: "^src/(api|ui|lib)/" },
      to: { path: "^src/(features|app|room)/" },
    },
    { name: "features-know-no-app", severity: "error", from: { path: "^src/features/" }, to: { path: "^src/app/" } },
    {
      name: "room-and-staff-are-two-applications",
      comment: "What both show lies in ui, lib or api; the student's first load must not grow with the teacher's pages",
      severity: "error",
      from: { path: "^src/(app|features)/" },
      to: { path: "^src/room/" },
    },
    { name: "room-knows-no-staff", severity: "error", from: { path: "^src/room/" }, to: { path: "^src/(app|features)/" } },
    {
      name: "room-is-light",
      comment: "Directly or through others: neither the staff's components nor their router",
      severity: "error",
      from: { path: "^src/room/main.tsx$" },
      to: { path: "node_modules/(@mantine|@tabler|@tanstack/react-router)/", reachable: true },
    },
    {
      name: "engine-knows-no-screen",
      severity: "error",
      from: { path: "^src/room/engine/", pathNot: "[.]test[.]ts$" },
      to: { path: "(^src/room/(screens|parts)/|^src/ui/|node_modules/(react|react-dom|react-i18next)/)" },
    },
    { name: "lib-stands-alone", severity: "error", from: { path: "^src/lib/" }, to: { path: "^src/(api|ui)/" } },
    { name: "api-knows-no-ui", severity: "error", from: { path: "^src/api/" }, to: { path: "^src/ui/" } },
    { name: "ui-knows-no-api", severity: "error", from: { path: "^src/ui/" }, to: { path: "^src/api/" } },
    {
      name: "not-to-dev-dependencies",
      severity: "error",
      from: { path: "^src/", pathNot: "[.]test[.]tsx?$" },
      to: { dependencyTypes: ["npm-dev"], dependencyTypesNot: ["type-only"] },
    },
    { name: "resolvable", severity: "error", from: {}, to: { couldNotResolve: true } },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "require", "node", "default"] },
  },
};
