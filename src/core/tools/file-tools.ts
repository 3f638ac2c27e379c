/**
 * Tools of agents that read, write, search or list files and plans of their own, by the names that harnesses give them (SWE-agent,
 * OpenHands, Claude Code, Codex, Gemini CLI, Cline, MCP's filesystem server). `search` and `open` alone are those of browsers as well.
 */
const FILE_TOOL =
  /^(?:.*(?:__|[.:/]))?(?:str_replace(?:_based)?_(?:editor|edit_tool)|text_editor\w*|(?:read|view|write|create|edit|open|append|delete|move)_(?:text_|media_|multiple_|many_)?files?|write_to_file|insert_edit_into_file|multi_?edit(?:_file)?|notebook_?(?:edit|read)|read|write|edit|apply_(?:patch|diff)|replace(?:_in_file|_string_in_file)?|insert(?:_content)?|undo_edit|grep(?:_search)?|search_(?:files?|dir|file_content)|find_(?:files?|by_name)|file_search|glob(?:_file_search)?|ls|list_(?:dir|directory|files)|directory_tree|scroll_(?:up|down)|goto|think|todo_?(?:write|read)|update_plan|exit_?plan_?mode|finish|submit)$/i;

/** Whether a tool of this name moves no bytes but those of files: what its arguments name, it does not reach. */
export function isFileTool(name: string): boolean {
  return FILE_TOOL.test(name);
}
