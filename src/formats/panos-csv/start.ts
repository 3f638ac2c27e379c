/** Columns that every row begins with, behind what a carrier may have put before them: receive time, serial number, type; some exports quote each. */
export const START =
  /(?:^|[ :,>])"?(\d{0,12})"?,"?(\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d(?:\.\d+)?|\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-][\d:]+)?)"?,"?([^,"]{0,24})"?,"?([A-Z][A-Z0-9-]{2,24})"?,/;
