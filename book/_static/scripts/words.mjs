// Words: what the scripts say, in the language of the page.

const ENGLISH = {
  check: "Check",
  none: "Choose an answer first.",
  kept: (right, of) => `${right} of ${of} right.`,
  progress: "Your progress",
  read: "read",
  ofPages: (read, of) => `${read} of ${of} pages read`,
  outOf: (some, all) => `${some} of ${all}`,
  save: "Save to a file",
  load: "Load a file",
  clear: "Clear everything",
  clearing: "Forget everything that you have read, answered and passed?",
  cleared: "Everything is forgotten.",
  loaded: "The file is loaded.",
  strange: (name) => `${name} is no file of progress; nothing was changed.`,
};

const CHINESE = {
  check: "检查",
  none: "请先选择一个答案。",
  kept: (right, of) => `${of} 题答对 ${right} 题。`,
  progress: "学习进度",
  read: "已读",
  ofPages: (read, of) => `已读 ${read} 页，共 ${of} 页`,
  outOf: (some, all) => `${some} / ${all}`,
  save: "保存到文件",
  load: "载入文件",
  clear: "全部清除",
  clearing: "要清除所有阅读、答题和检查的记录吗？",
  cleared: "记录已全部清除。",
  loaded: "文件已载入。",
  strange: (name) => `${name} 不是进度文件，记录没有改动。`,
};

export const words = document.documentElement.lang.startsWith("zh") ? CHINESE : ENGLISH;
