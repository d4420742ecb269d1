// The product's mark and name.
import classes from "./Brand.module.css";

export function Brand() {
  return (
    <span className={classes.brand}>
      <svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
        <rect width="32" height="32" rx="7" fill="#1864ab" />
        <circle
          cx="16"
          cy="16"
          r="9"
          fill="none"
          stroke="#fff"
          strokeWidth="3"
          strokeDasharray="46 11"
          transform="rotate(-60 16 16)"
        />
        <circle cx="16" cy="16" r="3.4" fill="#fff" />
      </svg>
      <span className={classes.name}>360° Proctor</span>
    </span>
  );
}
