/** What shows which colour stands for what. */
export function Swatch(props: { readonly colour: string; readonly isDashed?: boolean }) {
  const { colour, isDashed = false } = props;
  const background = `var(${colour})`;
  return <span class={isDashed ? 'swatch swatch-dashed' : 'swatch'} style={{ background }} />;
}
