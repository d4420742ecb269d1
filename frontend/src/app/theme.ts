// The look of the whole application, within a Content-Security-Policy without inline styles.
import { createTheme, Menu, Modal } from "@mantine/core";

// Colours, fonts and sizes live in theme.css as plain CSS variables: Mantine would otherwise inject <style> elements.
// For the same reason a modal does not lock the page's scrolling (theme.css does) and no responsive style props are used.
export const theme = createTheme({
  respectReducedMotion: true,
  components: {
    // Else the first thing in a menu would be an empty element that only takes the focus.
    Menu: Menu.extend({ defaultProps: { withInitialFocusPlaceholder: false } }),
    Modal: Modal.extend({ defaultProps: { lockScroll: false } }),
  },
});
