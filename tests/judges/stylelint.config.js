// The standard rules, and logical properties only: the same sheet serves both directions.
export default {
  extends: ["stylelint-config-standard"],
  plugins: ["stylelint-use-logical"],
  rules: {
    "csstools/use-logical": "always",
    // A sheet in the order of the page has small things before large ones and after them.
    "no-descending-specificity": null,
  },
};
