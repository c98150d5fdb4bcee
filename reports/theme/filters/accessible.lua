-- For both engines: alternative text in every format, tables that a screen reader, a phone and a printer can use,
-- and the smaller type of the reference matter at the end.

local is_html = FORMAT:match('html') ~= nil
local is_typst = FORMAT:match('typst') ~= nil

-- A frame that a keyboard can scroll. Attributes as a list: a Lua table of names would give them in another order each time.
local function scrolling(content, class, name)
  return pandoc.Div(content, pandoc.Attr('', { class }, { { 'role', 'region' }, { 'tabindex', '0' }, { 'aria-label', name } }))
end

local function described(image)
  local alt = image.attributes['fig-alt'] or image.attributes['alt']
  if alt == nil or alt == '' then return nil end
  image.attributes['fig-alt'] = nil
  image.attributes['alt'] = alt
  return image
end

-- A term leads to its definition on the site; a PDF stands alone, so there the term is only itself.
local function term(link)
  if is_typst and link.target:match('^%.%./.*metod%.html#') then return link.content end
  return nil
end

-- The dashes of a pipe table are no statement about widths; the content decides.
local function natural_widths(tbl)
  for index, spec in ipairs(tbl.colspecs) do tbl.colspecs[index] = { spec[1], nil } end
end

local function mark_headers(tbl)
  for _, row in ipairs(tbl.head.rows) do
    for _, cell in ipairs(row.cells) do cell.attr.attributes['scope'] = 'col' end
  end
  for _, body in ipairs(tbl.bodies) do
    body.row_head_columns = 1
    for _, row in ipairs(body.body) do
      if row.cells[1] then row.cells[1].attr.attributes['scope'] = 'row' end
    end
  end
end

-- Widths are counted in digits of the type; other letters are narrower or wider.
local LINE = 106 -- digits on a line of a table
local GAP = 2.8 -- what the space between two columns is worth
local MOST = 60 -- what a column of running text asks for at most
local NUMBER = 24 -- up to which a number with its interval is not broken
local BOLD = 1.07 -- what a header takes more
local SIZE = 8.8 -- points, as in skq.typ
local SMALLEST = 0.85

local shares = { { 'fijlrtI ,.:;()/|!\'-', 0.56 }, { 'mwMW%@', 1.6 }, { 'ABCDEFGHJKLNOPQRSTUVXYZ', 1.18 } }

local function length(text)
  local total = 0
  for letter in text:gmatch('[%z\1-\127\194-\244][\128-\191]*') do
    local share = letter == '\u{a0}' and 0.4 or 1.05
    if letter:match('^%d$') then share = 1 end
    for _, group in ipairs(shares) do
      if #letter == 1 and group[1]:find(letter, 1, true) then share = group[2] end
    end
    total = total + share
  end
  return total
end

local function longest_word(text)
  local longest = 0
  for word in text:gmatch('[^%s/-]+') do longest = math.max(longest, length(word)) end
  return longest
end

-- What a column cannot do without (no word and no number broken), and what it would like (nothing wrapped).
local function column_needs(tbl, column, is_number)
  local least, wish = 0, 0
  local function count(row, is_head)
    local cell = row.cells[column]
    if cell == nil then return end
    local text = pandoc.utils.stringify(cell)
    local weight = is_head and BOLD or 1
    local whole = is_number and not is_head and length(text) <= NUMBER
    least = math.max(least, weight * (whole and length(text) or longest_word(text)))
    wish = math.max(wish, weight * math.min(length(text), MOST))
  end
  for _, row in ipairs(tbl.head.rows) do count(row, true) end
  for _, body in ipairs(tbl.bodies) do
    for _, row in ipairs(body.body) do count(row, false) end
  end
  return least, math.max(least, wish)
end

-- Where everything fits, numbers take what they need and the first column the rest. Where it does not, every column
-- gets what it cannot do without and a share of the room that is left, by what it still wishes for.
local function typst_columns(tbl)
  local columns = #tbl.colspecs
  local least, wish, least_sum, wish_sum = {}, {}, 0, 0
  for column = 1, columns do
    least[column], wish[column] = column_needs(tbl, column, tbl.colspecs[column][1] == 'AlignRight')
    least_sum, wish_sum = least_sum + least[column], wish_sum + wish[column]
  end
  local room = LINE - GAP * (columns - 1)
  -- A table that is too full for the page is set a little smaller before its numbers are broken.
  local scale = math.max(SMALLEST, math.min(1, room / least_sum))
  room = room / scale
  if wish_sum <= room then return '(1fr' .. string.rep(', auto', columns - 1) .. ',)', 1 end
  local share = math.max(0, room - least_sum) / math.max(1, wish_sum - least_sum)
  local widths = {}
  for column = 1, columns do
    local width = least[column] + share * (wish[column] - least[column]) + (column > 1 and GAP or 0)
    widths[column] = string.format('%.2ffr', width)
  end
  return '(' .. table.concat(widths, ', ') .. ',)', scale
end

local KEPT_TOGETHER = 16 -- rows, up to which a table stays on one page
local FITS_A_PAGE = 40 -- rows, up to which it can be on the page of its notes; a longer one would leave its heading behind
local FILLS_PAGES = '// fills pages' -- tells quarto.lua of one

local function row_count(tbl)
  local count = 0
  for _, body in ipairs(tbl.bodies) do count = count + #body.body end
  return count
end

-- What explains a table stands on its page.
local function noted(blocks)
  for index = 1, #blocks - 1 do
    local block, following = blocks[index], blocks[index + 1]
    local explains = following.t == 'Div' and following.classes:includes('source')
    if block.t == 'Table' and explains then block.attributes['noted'] = 'true' end
  end
  return blocks
end

local function typst_table(tbl)
  local is_noted = tbl.attributes['noted'] ~= nil
  tbl.attributes['noted'] = nil
  local text = pandoc.write(pandoc.Pandoc({ tbl }), 'typst-smart')
  local widths, scale = typst_columns(tbl)
  text = text:gsub('columns: ' .. #tbl.colspecs .. ',', function() return 'columns: ' .. widths .. ',' end, 1)
  text = text:gsub('align%(center%)%[#table%(', 'align(left)[#table(', 1)
  text = text:gsub('%s*table%.hline%(%),', '', 1)
  if #tbl.caption.long == 0 then
    text = text:gsub('^%s*#figure%(', '#figure(numbering: none, ', 1)
  elseif tbl.identifier ~= '' and not text:find('<' .. tbl.identifier .. '>', 1, true) then
    text = text .. '\n<' .. tbl.identifier .. '>'
  end
  local rules = ''
  local rows = row_count(tbl)
  if rows > KEPT_TOGETHER then rules = rules .. '#show figure: set block(breakable: true)\n' end
  if scale < 1 then rules = rules .. string.format('#show table: set text(size: %.2fpt)\n', SIZE * scale) end
  if rows > FITS_A_PAGE then
    rules = rules .. FILLS_PAGES .. '\n'
  elseif is_noted then
    rules = rules .. '#show figure: set block(sticky: true)\n'
  end
  if rules ~= '' then text = '#[\n' .. rules .. text .. '\n]' end
  return pandoc.RawBlock('typst', text)
end

local sides = { AlignRight = 'number', AlignCenter = 'center' }

-- Classes instead of style attributes, which the pages' content policy does not let through.
local LONG = 24 -- letters, from which a number with what follows it may be broken

local function align_by_class(tbl)
  local function align(row)
    for index, cell in ipairs(row.cells) do
      local side = sides[tbl.colspecs[index][1]]
      if side then cell.attr.classes:insert(side) end
      if side and utf8.len(pandoc.utils.stringify(cell)) > LONG then cell.attr.classes:insert('long') end
    end
  end
  for _, row in ipairs(tbl.head.rows) do align(row) end
  for _, body in ipairs(tbl.bodies) do
    for _, row in ipairs(body.body) do align(row) end
  end
  for index in ipairs(tbl.colspecs) do tbl.colspecs[index] = { 'AlignDefault', nil } end
end

local SHORT = 8 -- letters, up to which the names of the rows leave their room to the numbers

local function mark_short_names(tbl)
  local names, longest = {}, 0
  for _, body in ipairs(tbl.bodies) do
    for _, row in ipairs(body.body) do
      if row.cells[1] then
        names[#names + 1] = row.cells[1]
        longest = math.max(longest, utf8.len(pandoc.utils.stringify(row.cells[1])))
      end
    end
  end
  if longest > SHORT then return end
  for _, name in ipairs(names) do name.attr.classes:insert('short') end
end

local function html_table(tbl)
  align_by_class(tbl)
  mark_short_names(tbl)
  local id = tbl.identifier
  local caption = tbl.caption.long
  local name = #caption > 0 and pandoc.utils.stringify(caption) or 'Tabell'
  tbl.caption = pandoc.Caption({})
  tbl.attr = pandoc.Attr('', tbl.classes, tbl.attributes)
  tbl.attributes['aria-label'] = name
  local scroll = scrolling({ tbl }, 'table-scroll', name)
  if #caption == 0 then return scroll end
  local inlines = pandoc.utils.blocks_to_inlines(caption)
  return pandoc.Div({ pandoc.Div(pandoc.Plain(inlines), pandoc.Attr('', { 'table-caption' })), scroll }, pandoc.Attr(id, { 'table-float' }))
end

local function table_for_format(tbl)
  natural_widths(tbl)
  mark_headers(tbl)
  if is_typst then return typst_table(tbl) end
  if is_html then return html_table(tbl) end
  return tbl
end

-- On a phone a figure keeps a size at which its words can be read, and scrolls.
local function html_figure(figure)
  if not is_html or #figure.content ~= 1 then return nil end
  local name = pandoc.utils.stringify(figure.caption.long)
  figure.content = { scrolling(figure.content, 'figure-scroll', name) }
  return figure
end

-- Blocks of a PDF that no page parts from what follows.
local function kept_with_next(blocks)
  local kept = pandoc.Blocks({ pandoc.RawBlock('typst', '#block(sticky: true)[') })
  kept:extend(blocks)
  kept:insert(pandoc.RawBlock('typst', ']'))
  return kept
end

-- The line under a figure or table that says where the numbers come from; the paragraph that opens a section.
local function source_line(div)
  if not is_typst then return nil end
  if div.classes:includes('lead') then return kept_with_next(div.content) end
  if not div.classes:includes('source') then return nil end
  local blocks = pandoc.Blocks({ pandoc.RawBlock('typst', '#skq-source[') })
  blocks:extend(div.content)
  blocks:insert(pandoc.RawBlock('typst', ']'))
  return blocks
end

-- A heading of class appendix, or one that begins with the word for sources, begins the reference matter:
-- everything to the end is set smaller.
local function begins_appendix(block)
  if block.t ~= 'Header' then return false end
  return block.classes:includes('appendix') or pandoc.utils.stringify(block.content):match('^Källor') ~= nil
end

-- The heading of the reference matter does not stay behind with its short list: the text after that goes with both.
local function stay_with_text(blocks, first)
  if blocks[first] == nil or blocks[first].t ~= 'Para' then return end
  local last = first
  while blocks[last + 1] and blocks[last + 1].t == 'BulletList' do last = last + 1 end
  if blocks[last + 1] == nil then return end
  local kept = pandoc.Blocks({})
  for _ = first, last do kept:insert(blocks:remove(first)) end
  for place, block in ipairs(kept_with_next(kept)) do blocks:insert(first + place - 1, block) end
end

local function appendix(doc)
  local start
  for index, block in ipairs(doc.blocks) do
    if begins_appendix(block) then start = index break end
  end
  if start == nil then return doc end
  if is_typst then
    stay_with_text(doc.blocks, start + 1)
    doc.blocks:insert(start, pandoc.RawBlock('typst', '#show: skq-appendix'))
  elseif is_html then
    local tail = pandoc.Blocks({})
    while #doc.blocks >= start do tail:insert(doc.blocks:remove(start)) end
    doc.blocks:insert(pandoc.Div(tail, pandoc.Attr('', { 'appendix-section' })))
  end
  return doc
end

-- On a narrow screen no line ends within "årskurs 6", "15 %" or "67–91". The text itself stays as it is: a class does it.
local GRADES = { ['årskurs'] = true, ['åk'] = true, ['Årskurs'] = true, ['Åk'] = true }

local function goes_on(first, second)
  return (GRADES[first] and second:match('^%d')) or (first:match('%d$') and second:match('^%%'))
end

local function unbroken(inlines)
  if not is_html then return nil end
  local found, index = pandoc.Inlines({}), 1
  while index <= #inlines do
    local one, gap, other = inlines[index], inlines[index + 1], inlines[index + 2]
    local is_gap = gap and (gap.t == 'Space' or gap.t == 'SoftBreak')
    if one.t == 'Str' and is_gap and other and other.t == 'Str' and goes_on(one.text, other.text) then
      found:insert(pandoc.Span({ one, pandoc.Space(), other }, pandoc.Attr('', { 'whole' })))
      index = index + 3
    else
      local is_range = one.t == 'Str' and one.text:match('%d–%d')
      found:insert(is_range and pandoc.Span({ one }, pandoc.Attr('', { 'whole' })) or one)
      index = index + 1
    end
  end
  return found
end

local function whole_words(doc)
  doc.blocks = doc.blocks:walk({ Inlines = unbroken })
  return doc
end

return {
  { Image = described, Link = term, Blocks = is_typst and noted or nil },
  { Table = table_for_format, Figure = html_figure, Div = source_line },
  { Pandoc = appendix },
  { Pandoc = is_html and whole_words or nil },
}
