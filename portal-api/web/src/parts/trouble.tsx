/** What went wrong, in words; nothing where nothing did. */
export function Trouble({ text }: { readonly text: string }) {
  if (text === '') return null;
  return (
    <span class="trouble" role="alert">
      {text}
    </span>
  );
}
