/** For `@Transform`: a text without the spaces around it; anything else is for the rules to refuse. */
export const trimmed = ({ value }: { value: unknown }): unknown => (typeof value === 'string' ? value.trim() : value);
