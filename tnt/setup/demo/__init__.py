"""The demonstration: fictional people and sessions over the real programme, dated from today.

Start with loading.py, which plays the story through the services of the application, the clock held at each
past instant; dates.py says when (pure), people.py, groups.py and story.py say who, what and in which words.
"""
