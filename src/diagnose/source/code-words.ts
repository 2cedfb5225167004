import { type Options, type Token, parse, tokTypes } from 'acorn';

/**
 * Every name in a script's text: of variables, functions, classes, properties, private fields. What stands in strings,
 * templates, comments and regular expressions is none: there may be secrets in them. `null` if the text is no
 * JavaScript, since a text that is read wrongly could have its strings taken for code.
 */
export function codeWords(code: string): Set<string> | null {
  return tryRead(code, { sourceType: 'module' }) ?? tryRead(code, AS_FUNCTION_BODY);
}

/** CommonJS, and Node's own modules, are bodies of functions. */
const AS_FUNCTION_BODY: Pick<Options, 'sourceType' | 'allowReturnOutsideFunction'> = {
  sourceType: 'script',
  allowReturnOutsideFunction: true,
};

function tryRead(code: string, options: Pick<Options, 'sourceType'>): Set<string> | null {
  const words = new Set<string>();
  try {
    parse(code, {
      ecmaVersion: 'latest',
      allowHashBang: true,
      ...options,
      onToken: (token) => {
        const { type, value } = token as Token & { readonly value?: unknown };
        if (type === tokTypes.name) words.add(value as string);
        else if (type === tokTypes.privateId) words.add(`#${value as string}`);
        else if (type.keyword !== undefined) words.add(type.keyword);
      },
    });
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
  return words;
}
