-- One document in several formats, read once: pandoc as an interpreter of Lua. What `pandoc.py` asks for stands on
-- standard input as JSON; the documents are answered on standard output, as a list in JSON.

local function content(path)
  local file = assert(io.open(path, 'rb'))
  local text = file:read('a')
  file:close()
  return text
end

-- Each format filters the document anew, with the names that pandoc gives a filter, in a world of its own.
local function filtered(document, wanted)
  for _, path in ipairs(wanted.filters) do
    local world = setmetatable({ FORMAT = wanted.to:match('^%w+') }, { __index = _G })
    document = pandoc.utils.run_lua_filter(document, path, world)
  end
  return document
end

local function written(document, wanted)
  return pandoc.write(filtered(document, wanted), wanted.to, {
    template = pandoc.template.compile(content(wanted.template), wanted.template),
    variables = wanted.variables,
    section_divs = wanted['section-divs'],
    wrap_text = wanted.wrap,
  })
end

local asked = pandoc.json.decode(io.read('a'), false)
local document = pandoc.read(asked.text, asked.from, { standalone = true })
local answer = {}
for place, wanted in ipairs(asked.wanted) do answer[place] = written(document, wanted) end
io.write(pandoc.json.encode(answer))
