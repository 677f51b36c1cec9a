"""The words that names.suggest_name puts together: kind ones, easy to say, and none that could sting."""

_ADJECTIVES = """
Amber Autumn Brave Bright Calm Cheerful Clever Cosy Curious Dapper Dreamy Early Easy Evening Gentle Golden Happy Hidden
Honest Humble Jolly Kind Lucky Mellow Merry Misty Mossy Nimble Patient Plucky Polite Quick Quiet Silver Sleepy Snowy
Steady Sunny Tidy Wandering
"""
_ANIMALS = """
Badger Beaver Bison Cricket Crane Dormouse Dove Egret Falcon Ferret Finch Firefly Fox Gecko Goose Hare Hedgehog Heron
Ibis Kestrel Kingfisher Lark Lynx Magpie Marten Moth Newt Otter Owl Puffin Quail Rabbit Raven Robin Salamander Sparrow
Swift Toad Vole Wren
"""
ADJECTIVES = tuple(_ADJECTIVES.split())
ANIMALS = tuple(_ANIMALS.split())
