-- What Quarto has built in and the embedded engine needs: figure and table numbers, references to them,
-- callouts, content for one format only, and headings that start at the right level.

local names = { fig = 'Figur', tbl = 'Tabell' }
local numbers = {}
local is_html = FORMAT:match('html') ~= nil
local is_typst = FORMAT:match('typst') ~= nil

local function visible(div)
  local format = div.attributes['when-format'] or div.attributes['unless-format']
  local here = (format == 'html' and is_html) or ((format == 'typst' or format == 'pdf') and is_typst)
  if div.attributes['unless-format'] then here = not here end
  if div.classes:includes('content-visible') then return here end
  if div.classes:includes('content-hidden') then return not here end
  return true
end

local function keep_visible(element)
  if visible(element) then
    if element.classes:includes('content-visible') or element.classes:includes('content-hidden') then
      return element.content
    end
    return nil
  end
  return {}
end

local function kind_of(identifier)
  local kind = identifier:match('^(%a+)-')
  return names[kind] and kind or nil
end

-- Numbers follow the order of the document; a figure and a table are counted apart.
local function number_floats(doc)
  local counts = { fig = 0, tbl = 0 }
  local function count(element)
    local kind = kind_of(element.identifier)
    if kind == nil then return end
    if numbers[element.identifier] then error('two floats are called ' .. element.identifier) end
    counts[kind] = counts[kind] + 1
    numbers[element.identifier] = names[kind] .. '\u{a0}' .. counts[kind]
  end
  doc:walk({ traverse = 'topdown', Figure = count, Table = count })
end

local function reference(cite)
  local result = pandoc.List()
  for index, citation in ipairs(cite.citations) do
    if kind_of(citation.id) == nil then return nil end
    local text = numbers[citation.id]
    if text == nil then error('nothing is called @' .. citation.id) end
    if citation.mode == 'SuppressAuthor' then text = text:match('(%d+)$') end
    if index > 1 then result:extend({ pandoc.Str(','), pandoc.Space() }) end
    result:insert(pandoc.Link(text, '#' .. citation.id))
  end
  return result
end

local function numbered_caption(element)
  local number = numbers[element.identifier]
  if number == nil or #element.caption.long == 0 then return nil end
  local label = pandoc.Span(number .. '.', { class = 'float-number' })
  element.caption.long[1].content:insert(1, pandoc.Space())
  element.caption.long[1].content:insert(1, label)
  return element
end

local callout_titles = { note = 'Observera', tip = 'Tips', warning = 'Varning', important = 'Viktigt', caution = 'Var försiktig' }

local function callout(div)
  local kind
  for _, class in ipairs(div.classes) do kind = kind or class:match('^callout%-(%a+)$') end
  if kind == nil or callout_titles[kind] == nil then return nil end
  local title = pandoc.Inlines(callout_titles[kind])
  local body = pandoc.Blocks(div.content)
  if div.attributes.title then
    title = pandoc.utils.blocks_to_inlines(pandoc.read(div.attributes.title, 'markdown-smart').blocks)
  elseif #body > 0 and body[1].t == 'Header' then
    title = body:remove(1).content
  end
  if is_typst then
    local start = pandoc.Plain({ pandoc.RawInline('typst', '#skq-callout(kind: "' .. kind .. '", title: [') })
    start.content:extend(title)
    start.content:insert(pandoc.RawInline('typst', '])['))
    local blocks = pandoc.Blocks({ start })
    blocks:extend(body)
    blocks:insert(pandoc.RawBlock('typst', ']'))
    return blocks
  end
  local name = pandoc.utils.stringify(title)
  local head = pandoc.Div(pandoc.Para(title), { class = 'callout-title' })
  body:insert(1, head)
  return pandoc.Div(body, pandoc.Attr('', { 'callout', 'callout-' .. kind }, { { 'role', 'note' }, { 'aria-label', name } }))
end

-- In a page the title is the only h1; in a PDF the sections are the first level.
local function level_headings(doc)
  local lowest = 7
  doc:walk({ Header = function(header) lowest = math.min(lowest, header.level) end })
  local shift = (is_html and 2 or 1) - lowest
  if lowest == 7 or shift == 0 then return doc end
  return doc:walk({ Header = function(header) header.level = header.level + shift; return header end })
end

-- The page's own contents: its sections, each once for the wide and once for the narrow layout.
local function list_contents(doc)
  local entries = pandoc.List()
  for _, block in ipairs(doc.blocks) do
    if block.t == 'Header' and block.level == 2 then
      entries:insert({ id = block.identifier, text = pandoc.MetaInlines(block.content) })
    end
  end
  if #entries > 2 and doc.meta['page-contents'] ~= false then doc.meta.contents = entries end
  return doc
end

-- Pages refer to each other by their source, as in every Quarto project.
local function to_page(link)
  if link.target:match('^%a+:') then return nil end
  link.target = link.target:gsub('%.qmd$', '.html'):gsub('%.qmd#', '.html#'):gsub('%.ipynb$', '.html'):gsub('%.ipynb#', '.html#')
  return link
end

local function typst_string(text)
  return '"' .. text:gsub('\\', '\\\\'):gsub('"', '\\"'):gsub('\n', ' ') .. '"'
end

-- pandoc's Typst writer knows no alternative text; without it a PDF is refused.
local function typst_image(image)
  local alt = image.attributes['fig-alt'] or image.attributes.alt or ''
  local call = '#image(' .. typst_string(image.src)
  if alt ~= '' then call = call .. ', alt: ' .. typst_string(alt) end
  if image.attributes.width then call = call .. ', width: ' .. image.attributes.width end
  return pandoc.RawInline('typst', call .. ')')
end

function Pandoc(doc)
  doc = doc:walk({ Div = keep_visible, Span = keep_visible })
  number_floats(doc)
  doc = doc:walk({ Cite = reference })
  doc = doc:walk({ Div = callout })
  if is_html then doc = doc:walk({ Figure = numbered_caption, Table = numbered_caption }) end
  if is_typst then doc = doc:walk({ Image = typst_image }) end
  doc = level_headings(doc)
  if is_html then doc = list_contents(doc):walk({ Link = to_page }) end
  return doc
end
