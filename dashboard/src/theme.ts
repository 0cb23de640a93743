import { Alert, Badge, createTheme, type MantineColorsTuple } from '@mantine/core';

/** The colour of a lamp that is being turned up. */
const amber: MantineColorsTuple = [
  '#fff8e1',
  '#ffefc2',
  '#ffe08f',
  '#ffcf57',
  '#fbbd2b',
  '#f2a90c',
  '#c98300',
  '#9a5f00',
  '#7a4a02',
  '#5c3703',
];

/** Indigo for what can be pressed: it keeps 4.5:1 on white and on the dark ground. */
const ink: MantineColorsTuple = [
  '#eef1ff',
  '#dde2fb',
  '#b9c2f2',
  '#93a1ea',
  '#7384e3',
  '#5f71df',
  '#4657c9',
  '#3a49ad',
  '#303d94',
  '#26317c',
];

export const theme = createTheme({
  primaryColor: 'ink',
  // One shade for both: white text on it is 6:1, on lighter ones it is not enough.
  primaryShade: 6,
  colors: { amber, ink },
  autoContrast: true,
  defaultRadius: 'md',
  respectReducedMotion: true,
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, sans-serif',
  fontFamilyMonospace: 'ui-monospace, "SF Mono", Menlo, Consolas, monospace',
  headings: {
    fontWeight: '650',
    sizes: { h1: { fontSize: '1.5rem' }, h2: { fontSize: '1.15rem' }, h3: { fontSize: '1rem' } },
  },
  cursorType: 'pointer',
  components: {
    // Words stand as they are written, in every language.
    Badge: Badge.extend({ defaultProps: { tt: 'none' } }),
    // A title in the colour of its alert is as little as 3.6:1 on its ground.
    Alert: Alert.extend({ styles: { title: { color: 'var(--mantine-color-text)' } } }),
    // Its `<header>` would count as that of the page.
    ModalHeader: { defaultProps: { role: 'presentation' } },
  },
});
