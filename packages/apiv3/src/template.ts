/** What stands for `{name}` in a template. */
export type TemplateValues = Readonly<Record<string, string | number>>;

/** @returns the template with every `{name}` replaced by its value */
export function fillTemplate(template: string, values: TemplateValues): string {
  return template.replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''));
}
