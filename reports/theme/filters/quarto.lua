-- For Quarto alone, after its own filters and after accessible.lua: what Quarto makes of a figure or a table with a
-- caption gets what the embedded engine gives it. By then it is a Div with the tags of HTML or Typst as raw text.

local is_html = FORMAT:match('html') ~= nil
local is_typst = FORMAT:match('typst') ~= nil

-- The number is plain words at the head of the caption; marked, it can be bold.
local function marked_number(caption)
  local number, text = pandoc.Inlines({}), ''
  for _, part in ipairs(caption.content) do
    if part.t ~= 'Str' then break end
    number:insert(part)
    text = text .. part.text
  end
  if not text:match('^%a+\u{a0}%d+%.$') then return caption end
  for _ in ipairs(number) do caption.content:remove(1) end
  caption.content:insert(1, pandoc.Span(number, { class = 'float-number' }))
  return caption
end

-- Returns the words of the caption, which stand between two raw tags.
local function mark_caption(float)
  local name
  local function read(div)
    for index, block in ipairs(div.content) do
      local caption = div.content[index + 1]
      if block.t == 'RawBlock' and block.text:match('^<figcaption') and caption and caption.content then
        name = pandoc.utils.stringify(caption):gsub('^%a+\u{a0}%d+%.%s*', '')
        div.content[index + 1] = marked_number(caption)
        return div
      end
    end
  end
  return float:walk({ Div = read }), name
end

-- On a phone figures and tables scroll; what scrolls takes focus and has the name of the caption.
local function named(name)
  return {
    Table = function(tbl)
      tbl.attributes['aria-label'] = name
      return tbl
    end,
    Div = function(div)
      local image = div.content[1] and div.content[1].content and div.content[1].content[1]
      if div.classes:includes('table-scroll') then
        div.attributes['aria-label'] = name
      elseif div.attributes['aria-describedby'] and image and image.t == 'Image' then
        local region = { { 'role', 'region' }, { 'tabindex', '0' }, { 'aria-label', name } }
        div.attr = pandoc.Attr('', { 'figure-scroll' }, region)
      end
      return div
    end,
  }
end

local function html_float(div)
  if not div.classes:includes('quarto-float') then return nil end
  div.attributes['alt'] = nil -- the picture has it; a div cannot
  local float, name = mark_caption(div)
  if name == nil or name == '' then return float end
  return float:walk(named(name))
end

local BREAKABLE = '#show figure: set block(breakable: true)'
local STICKY = '#show figure: set block(sticky: true)'
local FILLS_PAGES = '// fills pages' -- as in accessible.lua: too long to stay with its notes

-- Returns the raw text of a table, where *block* is the figure that Quarto has put around one.
local function table_of(block)
  local first, second = block.content and block.content[1], block.content and block.content[2]
  local opening = first and first.t == 'Plain' and first.content[1] or first
  if not (opening and opening.format == 'typst' and opening.text:match('^#figure%(%[')) then return nil end
  return second and second.t == 'RawBlock' and second.text:find('#table(', 1, true) and second.text or nil
end

-- accessible.lua lets a long table run over pages and keeps a table with its notes, but Quarto's figure is around both.
local function typst_floats(blocks)
  for index, block in ipairs(blocks) do
    local text = block.t == 'Div' and table_of(block)
    local following = blocks[index + 1]
    local rules = {}
    if text and text:find(BREAKABLE, 1, true) then table.insert(rules, BREAKABLE) end
    local has_notes = following and following.t == 'RawBlock' and following.text:match('^#skq%-source')
    if text and has_notes and not text:find(FILLS_PAGES, 1, true) then
      table.insert(rules, STICKY)
    end
    if #rules > 0 then
      block.content:insert(1, pandoc.RawBlock('typst', '#[\n' .. table.concat(rules, '\n')))
      block.content:insert(pandoc.RawBlock('typst', ']'))
    end
  end
  return blocks
end

if is_html then return { { Div = html_float } } end
if is_typst then return { { Blocks = typst_floats } } end
return {}
