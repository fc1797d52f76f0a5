{#- No value twice among the rows of the periods just built; history was judged when it was built. -#}
{% test unique_as_built(model, column_name) %}
select
    {{ column_name }},
    count(*) as times
from {{ model }}
where {{ in_build_periods() }}
group by {{ column_name }}
having count(*) > 1
{% endtest %}
